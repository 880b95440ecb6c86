"""Runs the state machines that CDK deploys: the same files, on a clock that may run fast."""
