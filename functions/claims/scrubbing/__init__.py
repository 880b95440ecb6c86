"""The scrubber: what a payer would refuse or deny, found before a claim is sent.

``engine.scrub(draft, facts)`` answers with findings. An *edit* is one rule, declared in
``edits/``; ``facts`` is all that is known beside the claim; ``payer_rules`` are edits that
a biller writes. Nothing here reads a table or the network.
"""
