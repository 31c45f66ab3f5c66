"""A DAG of Apache Airflow that has Reviver recover a service, and waits until the end.

The function needs the standard library alone, so it works in any other scheduler, too:

    REVIVER_URL=http://127.0.0.1:8014 REVIVER_TOKEN=... python3 airflow_dag.py redis restart
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ENDED = ("SUCCEEDED", "FAILED", "ROLLED_BACK", "CANCELLED")
# Only a person ends it now, in minutes or in days: no task waits for that.
STUCK = "AWAITING_MANUAL"


def recover_and_wait(service, strategy=None, reason="asked by Airflow", timeout_s=1800, poll_s=0.5):
    """POST /recover/{service}, then look until the recovery has ended. A task that runs again joins the one that runs.

    Returns the recovery. Raises RuntimeError when it is refused, does not succeed or needs a person, and TimeoutError when it takes longer
    than `timeout_s`, people's approvals included.
    """
    asked = {"reason": reason}
    if strategy:
        asked["strategy"] = strategy
    recovery = _answer("/recover/" + urllib.parse.quote(service, safe=""), asked)
    print(f"{recovery['id']} of {recovery['service']} began", flush=True)
    deadline = time.monotonic() + timeout_s
    while recovery["state"] not in (*ENDED, STUCK):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{recovery['id']} is {recovery['state']} after {timeout_s} s; it goes on in Reviver")
        time.sleep(poll_s)
        recovery = _answer("/recoveries/" + recovery["id"])
    print(f"{recovery['service']}: {recovery['state']}", flush=True)
    if recovery["state"] == STUCK:
        raise RuntimeError(f"{recovery['id']} of {service}: {STUCK}, look at it in chat; it goes on when a person says how")
    if recovery["state"] != "SUCCEEDED":
        raise RuntimeError(f"{recovery['id']} of {service}: {recovery['state']}")
    return recovery


def _answer(path, body=None):
    """The JSON that Reviver answers; one that is refused raises RuntimeError with what Reviver says."""
    request = urllib.request.Request(
        os.environ.get("REVIVER_URL", "http://127.0.0.1:8014") + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ.get("REVIVER_TOKEN", ""),
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as refused:
        raise RuntimeError(f"{refused.code} {refused.read().decode()}") from None


try:
    from airflow import DAG
    from airflow.operators.python import PythonOperator
    from pendulum import datetime
except ImportError:
    pass  # Not in Airflow: the function alone is of use.
else:
    with DAG("reviver_health_monitoring", start_date=datetime(2026, 1, 1), schedule=None, catchup=False) as dag:
        PythonOperator(
            task_id="recover_redis",
            python_callable=recover_and_wait,
            op_kwargs={"service": "redis", "strategy": "restart"},
        )

if __name__ == "__main__":
    recover_and_wait(*sys.argv[1:3])
