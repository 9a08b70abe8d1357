"""Random programs: functions of the catalogue composed, each judged like any other case."""
