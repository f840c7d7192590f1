// Command clients exercises an API server through client-go as controllers use it. It prints one line per check,
// "ok NAME" or "failed NAME: WHY", and exits 1 when one failed. Usage: clients KUBECONFIG NAMESPACE POD.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type checks struct {
	config    *rest.Config
	typed     *kubernetes.Clientset
	dynamic   *dynamic.DynamicClient
	namespace string
	pod       string
}

type check struct {
	name string
	run  func(context.Context, *checks) error
}

var all = []check{
	{"typed objects in protobuf", typedObjects},
	{"typed apply", typedApply},
	{"pages of a list", pagesOfList},
	{"informer that streams its first list", watchListInformer},
	{"discovery and REST mapper", discoveryAndMapper},
	{"dynamic objects of a definition", dynamicObjects},
	{"logs", logs},
	{"exec over SPDY", execOverSPDY},
	{"exec over WebSocket", execOverWebSocket},
	{"port-forward over SPDY", portForwardOverSPDY},
	{"leader election", leaderElection},
}

func newChecks(kubeconfig, namespace, pod string) (*checks, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = -1, -1
	protobuf := rest.CopyConfig(config)
	protobuf.ContentType = "application/vnd.kubernetes.protobuf"
	protobuf.AcceptContentTypes = "application/vnd.kubernetes.protobuf"
	typed, err := kubernetes.NewForConfig(protobuf)
	if err != nil {
		return nil, err
	}
	dynamicClient, err := dynamic.NewForConfig(config)
	return &checks{config: config, typed: typed, dynamic: dynamicClient, namespace: namespace, pod: pod}, err
}

func main() {
	made, err := newChecks(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println("failed setup:", err)
		os.Exit(1)
	}
	failed := false
	for _, each := range all {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		err := each.run(ctx, made)
		cancel()
		if err != nil {
			failed = true
			fmt.Printf("failed %s: %v\n", each.name, err)
		} else {
			fmt.Println("ok", each.name)
		}
	}
	if failed {
		os.Exit(1)
	}
}
