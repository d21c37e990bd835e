"""The checks on what VAEs are good for: scores of what is foreign, and a stack of symbols."""

from fidle_vae.checks.applications.alarm_limits import alarms
from fidle_vae.checks.applications.anomaly_scores import anomaly_score
from fidle_vae.checks.applications.roc_areas import auc
from fidle_vae.checks.applications.symbol_stacks import message, pops, push

__all__ = ["alarms", "anomaly_score", "auc", "message", "pops", "push"]
