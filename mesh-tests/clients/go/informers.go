package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
)

// KUBE_FEATURE_WatchListClient is set for the process: the first list comes by watch.
func watchListInformer(ctx context.Context, c *checks) error {
	maps := c.typed.CoreV1().ConfigMaps(c.namespace)
	if _, err := maps.Create(ctx, configMap("early", "1"), metav1.CreateOptions{}); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(c.typed, 0, informers.WithNamespace(c.namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	events := make(chan string, 100)
	tell := func(what string, object any) {
		if deleted, isUnknown := object.(cache.DeletedFinalStateUnknown); isUnknown {
			object = deleted.Obj
		}
		if made, isMap := object.(*corev1.ConfigMap); isMap && made.Labels["made-by"] == "client-go" {
			events <- what + " " + made.Name
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { tell("added", object) },
		UpdateFunc: func(_, object any) { tell("updated", object) },
		DeleteFunc: func(object any) { tell("deleted", object) },
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("%v is not synced", kind)
		}
	}
	if _, err := maps.Create(ctx, configMap("late", "1"), metav1.CreateOptions{}); err != nil {
		return err
	}
	if _, err := maps.Update(ctx, configMap("late", "2"), metav1.UpdateOptions{}); err != nil {
		return err
	}
	for _, name := range []string{"early", "late"} {
		if err := maps.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
	}
	for _, wanted := range []string{"added early", "added late", "updated late", "deleted early", "deleted late"} {
		select {
		case event := <-events:
			if event != wanted {
				return fmt.Errorf("heard %q, not %q", event, wanted)
			}
		case <-ctx.Done():
			return fmt.Errorf("did not hear %q", wanted)
		}
	}
	return nil
}

func discoveryAndMapper(_ context.Context, c *checks) error {
	version, err := c.typed.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	if version.Major != "1" {
		return fmt.Errorf("version %v", version)
	}
	groups, resources, err := c.typed.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	if len(groups) < 5 || len(resources) < 5 {
		return fmt.Errorf("%d groups, %d lists", len(groups), len(resources))
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.typed.Discovery()))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "networking.istio.io", Kind: "VirtualService"})
	if err != nil {
		return err
	}
	if mapping.Resource.Resource != "virtualservices" || mapping.Scope.Name() != "namespace" {
		return fmt.Errorf("mapped to %v", mapping)
	}
	return nil
}

var definitions = schema.GroupVersionResource{
	Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
}

func definition() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   map[string]any{"name": "widgets.clients.example.com"},
		"spec": map[string]any{
			"group": "clients.example.com",
			"scope": "Namespaced",
			"names": map[string]any{"plural": "widgets", "kind": "Widget"},
			"versions": []any{map[string]any{
				"name": "v1", "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{
					"type": "object",
					"properties": map[string]any{"spec": map[string]any{
						"type":       "object",
						"properties": map[string]any{"size": map[string]any{"type": "integer", "default": int64(3)}},
					}},
				}},
			}},
		},
	}}
}

func widget(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "clients.example.com/v1",
		"kind":       "Widget",
		"metadata":   map[string]any{"name": name},
		"spec":       map[string]any{},
	}}
}

func dynamicObjects(ctx context.Context, c *checks) error {
	if _, err := c.dynamic.Resource(definitions).Create(ctx, definition(), metav1.CreateOptions{}); err != nil {
		return err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(c.typed.Discovery()))
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "clients.example.com", Kind: "Widget"}, "v1")
	if err != nil {
		return err
	}
	widgets := c.dynamic.Resource(mapping.Resource).Namespace(c.namespace)
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(c.dynamic, 0, c.namespace, nil)
	lister := factory.ForResource(mapping.Resource).Lister()
	informerContext, cancel := context.WithCancel(ctx)
	defer cancel()
	factory.Start(informerContext.Done())
	factory.WaitForCacheSync(informerContext.Done())
	made, err := widgets.Create(ctx, widget("one"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if size, _, _ := unstructured.NestedInt64(made.Object, "spec", "size"); size != 3 {
		return fmt.Errorf("made with size %d", size)
	}
	if _, err := widgets.Apply(ctx, "one", widget("one"), metav1.ApplyOptions{FieldManager: "go"}); err != nil {
		return err
	}
	err = wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, func(context.Context) (bool, error) {
		_, err := lister.ByNamespace(c.namespace).Get("one")
		return err == nil, nil
	})
	if err != nil {
		return err
	}
	cancel()
	return c.dynamic.Resource(definitions).Delete(ctx, "widgets.clients.example.com", metav1.DeleteOptions{})
}
