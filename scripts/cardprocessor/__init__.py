"""A small stand-in for the card processor: Stripe's Checkout, refunds, disputes, webhooks.

It speaks what Stripe's own library says and hears (https://docs.stripe.com/api), keeps what it
was told across restarts, and shows it on a page where a person pays, declines or disputes.
"""
