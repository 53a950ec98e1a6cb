"""Followed questions: what is new for them with each commit."""

from backstory.searcher.following.matching import Matched, catch_up
from backstory.searcher.following.news import NewsItem, NewsReader
from backstory.searcher.following.questions import Followed, FollowedQuestions, refuse_unfollowable

__all__ = [
    "Followed",
    "FollowedQuestions",
    "Matched",
    "NewsItem",
    "NewsReader",
    "catch_up",
    "refuse_unfollowable",
]
