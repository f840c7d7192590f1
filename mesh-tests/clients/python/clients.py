"""Exercises an API server through the Python client; prints "ok NAME" or "failed NAME: WHY" per check.

Usage: clients.py NAMESPACE POD, with KUBECONFIG set.
"""

import sys
import traceback

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import stream

NAMESPACE, POD = sys.argv[1:3]


def config_map(name, value):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name), data={"key": value})


def objects():
    core = client.CoreV1Api()
    made = core.create_namespaced_config_map(NAMESPACE, config_map("python", "1"))
    made.data["key"] = "2"
    core.replace_namespaced_config_map("python", NAMESPACE, made)
    try:
        core.replace_namespaced_config_map("python", NAMESPACE, made)
        raise AssertionError("an old version was taken")
    except ApiException as error:
        assert error.status == 409, error
    core.patch_namespaced_config_map("python", NAMESPACE, {"data": {"other": "3"}})
    read = core.read_namespaced_config_map("python", NAMESPACE)
    assert read.data == {"key": "2", "other": "3"}, read.data
    names = [item.metadata.name for item in core.list_namespaced_config_map(NAMESPACE, limit=500).items]
    assert "python" in names, names
    core.delete_namespaced_config_map("python", NAMESPACE)
    try:
        core.read_namespaced_config_map("python", NAMESPACE)
        raise AssertionError("it is still there")
    except ApiException as error:
        assert error.status == 404, error


def watching():
    core = client.CoreV1Api()
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    core.create_namespaced_config_map(NAMESPACE, config_map("watched", "1"))
    core.patch_namespaced_config_map("watched", NAMESPACE, {"data": {"key": "2"}})
    core.delete_namespaced_config_map("watched", NAMESPACE)
    seen = []
    watcher = watch.Watch()
    for event in watcher.stream(
        core.list_namespaced_config_map, NAMESPACE, resource_version=start, timeout_seconds=20
    ):
        if event["object"].metadata.name != "watched":
            continue
        seen.append(event["type"])
        if event["type"] == "DELETED":
            watcher.stop()
    assert seen == ["ADDED", "MODIFIED", "DELETED"], seen


def logs_and_exec():
    core = client.CoreV1Api()
    assert core.read_namespaced_pod_log(POD, NAMESPACE, tail_lines=1).strip() == "ready"
    said = stream(
        core.connect_get_namespaced_pod_exec,
        POD,
        NAMESPACE,
        command=["sh", "-c", "echo out; echo err >&2; exit 4"],
        stdout=True,
        stderr=True,
        stdin=False,
        tty=False,
        _preload_content=False,
    )
    said.run_forever(timeout=20)
    assert (said.read_stdout(), said.read_stderr()) == ("out\n", "err\n")
    assert said.returncode == 4, said.returncode


DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.clients.example.com"},
    "spec": {
        "group": "clients.example.com",
        "scope": "Namespaced",
        "names": {"plural": "gadgets", "kind": "Gadget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                    }
                },
            }
        ],
    },
}


def dynamic_client():
    extensions = client.ApiextensionsV1Api()
    extensions.create_custom_resource_definition(DEFINITION)
    try:
        gadgets = dynamic.DynamicClient(client.ApiClient()).resources.get(
            api_version="clients.example.com/v1", kind="Gadget"
        )
        body = {
            "apiVersion": "clients.example.com/v1",
            "kind": "Gadget",
            "metadata": {"name": "one"},
            "spec": {"size": 1},
        }
        gadgets.create(body=body, namespace=NAMESPACE)
        gadgets.server_side_apply(
            body={**body, "spec": {"color": "red"}}, name="one", namespace=NAMESPACE, field_manager="python"
        )
        read = gadgets.get(name="one", namespace=NAMESPACE)
        assert read.spec.to_dict() == {"size": 1, "color": "red"}, read.spec
        custom = client.CustomObjectsApi().list_namespaced_custom_object(
            "clients.example.com", "v1", NAMESPACE, "gadgets"
        )
        assert len(custom["items"]) == 1
    finally:
        extensions.delete_custom_resource_definition("gadgets.clients.example.com")


def main():
    config.load_kube_config()
    failed = False
    for check in (objects, watching, logs_and_exec, dynamic_client):
        try:
            check()
            print("ok", check.__name__, flush=True)
        except Exception as error:  # every failure is told, whatever it is
            failed = True
            traceback.print_exc()
            print(f"failed {check.__name__}: {error!r}", flush=True)
    sys.exit(1 if failed else 0)


main()
