package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	utilexec "k8s.io/client-go/util/exec"
)

func (c *checks) podRequest(subresource string) *rest.Request {
	return c.typed.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(c.namespace).Name(c.pod).SubResource(subresource)
}

func logs(ctx context.Context, c *checks) error {
	lines := int64(1)
	options := &corev1.PodLogOptions{TailLines: &lines}
	text, err := c.typed.CoreV1().Pods(c.namespace).GetLogs(c.pod, options).DoRaw(ctx)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(text)) != "ready" {
		return fmt.Errorf("logged %q", text)
	}
	return nil
}

func (c *checks) execRequest(command ...string) *rest.Request {
	return c.podRequest("exec").VersionedParams(&corev1.PodExecOptions{
		Command: command, Stdin: true, Stdout: true, Stderr: true,
	}, scheme.ParameterCodec)
}

func checkExec(ctx context.Context, make func(*rest.Request) (remotecommand.Executor, error), c *checks) error {
	executor, err := make(c.execRequest("sh", "-c", "cat; echo oops >&2; exit 3"))
	if err != nil {
		return err
	}
	var out, problems bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{
		Stdin: strings.NewReader("hello"), Stdout: &out, Stderr: &problems,
	})
	var status utilexec.CodeExitError
	if !errors.As(err, &status) || status.Code != 3 {
		return fmt.Errorf("ended with %v", err)
	}
	if out.String() != "hello" || problems.String() != "oops\n" {
		return fmt.Errorf("said %q and %q", out.String(), problems.String())
	}
	return nil
}

func execOverSPDY(ctx context.Context, c *checks) error {
	return checkExec(ctx, func(request *rest.Request) (remotecommand.Executor, error) {
		return remotecommand.NewSPDYExecutor(c.config, "POST", request.URL())
	}, c)
}

func execOverWebSocket(ctx context.Context, c *checks) error {
	return checkExec(ctx, func(request *rest.Request) (remotecommand.Executor, error) {
		return remotecommand.NewWebSocketExecutor(c.config, "GET", request.URL().String())
	}, c)
}

func portForwardOverSPDY(ctx context.Context, c *checks) error {
	transport, upgrader, err := spdy.RoundTripperFor(c.config)
	if err != nil {
		return err
	}
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", c.podRequest("portforward").URL())
	stop, ready := make(chan struct{}), make(chan struct{})
	forwarder, err := portforward.New(dialer, []string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-ended:
		return err
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("http://127.0.0.1:%d/actuator/health", ports[0].Local), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	answer.Body.Close()
	close(stop)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", answer.Status)
	}
	return <-ended
}
