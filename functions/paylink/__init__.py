"""What is behind a pay link: who owes a statement sees it, and pays it by card.

A function of its own, and not a part of ``accounts``: nobody signs in here, so it may do less.
It reads statements, charts and files, and writes links and card pages; it sends no message,
knows no staff, takes no payment into the books (the processor's word does, in ``accounts``),
and whatever floods it has a concurrency of its own, so that the desk goes on working.
"""
