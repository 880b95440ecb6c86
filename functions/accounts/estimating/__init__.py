"""Good-faith estimates for who pays themselves: 45 CFR 149.610 and 149.620."""
