"""Work queue. The truth is in the database (`records.Job`); the broker may be wiped at any time."""

from celery.schedules import crontab

from cpts_portal.settings.environment import env

CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_ACCEPT_CONTENT = ["json"]  # never pickle: a message must not be able to run code
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
# A killed child gives its task back; a killed worker's tasks come back by the sweeper.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A page that cannot reach the broker must answer at once: the sweeper will send the work.
    # (Publishing waits even less: records.jobs.)
    "max_retries": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "records.sweep_jobs", "schedule": 20.0},
    "forget": {"task": "records.forget", "schedule": crontab(hour=3, minute=30)},
    "anchor-journal": {"task": "records.anchor_journal", "schedule": crontab(hour=3, minute=15)},
    "forget-renditions": {
        "task": "territories.forget_renditions",
        "schedule": crontab(hour=3, minute=45),
    },
    # Often, so that a late worker still sends it; once a day to each person.
    "daily-digests": {"task": "records.send_digests", "schedule": crontab(minute="*/15")},
    "tacit-validation": {"task": "projects.validate_tacitly", "schedule": crontab(minute="*/10")},
    "remind-due-dates": {
        "task": "projects.remind_of_due_dates",
        "schedule": crontab(hour=7, minute=0),
    },
    "remind-opinions": {"task": "projects.remind_opinions", "schedule": crontab(hour=8, minute=10)},
    "follow-terminations": {
        "task": "aci.follow_terminations",
        "schedule": crontab(hour=0, minute=2),
    },
    # Before years open: a contract that ends on the eve of its anniversary opens no other one.
    "apply-reshapings": {"task": "aci.apply_reshapings", "schedule": crontab(hour=0, minute=3)},
    "expire-contracts": {"task": "aci.expire_contracts", "schedule": crontab(hour=0, minute=5)},
    "remind-renewals": {
        "task": "aci.remind_renewals",
        "schedule": crontab(hour=7, minute=20),
    },
    "open-contract-years": {
        "task": "aci.open_contract_years",
        "schedule": crontab(hour=0, minute=15),
    },
}
