package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Two candidates for one Lease: the second leads when the first lets go.
func leaderElection(ctx context.Context, c *checks) error {
	leads := make(chan string, 2)
	candidate := func(ctx context.Context, name string) (chan struct{}, error) {
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: c.namespace},
			Client:     c.typed.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: name},
		}
		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock:            lock,
			LeaseDuration:   3 * time.Second,
			RenewDeadline:   2 * time.Second,
			RetryPeriod:     200 * time.Millisecond,
			ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leads <- name },
				OnStoppedLeading: func() {},
			},
		})
		if err != nil {
			return nil, err
		}
		done := make(chan struct{})
		go func() {
			elector.Run(ctx)
			close(done)
		}()
		return done, nil
	}
	next := func(wanted string) error {
		select {
		case name := <-leads:
			if name != wanted {
				return fmt.Errorf("%s leads, not %s", name, wanted)
			}
			return nil
		case <-ctx.Done():
			return fmt.Errorf("%s does not lead", wanted)
		}
	}
	first, resign := context.WithCancel(ctx)
	defer resign()
	firstDone, err := candidate(first, "first")
	if err != nil {
		return err
	}
	if err := next("first"); err != nil {
		return err
	}
	second, stop := context.WithCancel(ctx)
	defer stop()
	if _, err := candidate(second, "second"); err != nil {
		return err
	}
	resign()
	<-firstDone
	return next("second")
}
