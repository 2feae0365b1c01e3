"""The page: pictures uploaded in a browser, explained, compared and audited by the functions that the command line calls.

Only `pages/` draws; what else stands here knows nothing of widgets and could serve another page.
"""
