"""Notices of incidents and deadlines, to people's own tools: webhook, DingTalk, WeCom, mail."""
