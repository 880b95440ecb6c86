"""The carrier and the mailbox on the other side: a program of its own.

It speaks Twilio's REST wire format, signs what it posts as Twilio and SNS do,
shows every text and e-mail on a page and lets a person answer as the patient.

    python -m scripts.carrier --port 8100 --data .local/carrier \
        --webhooks http://127.0.0.1:8000 --account AC... --token ...
"""
