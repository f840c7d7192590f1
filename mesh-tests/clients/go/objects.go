package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

func configMap(name, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"made-by": "client-go"}},
		Data:       map[string]string{"key": value},
	}
}

func typedObjects(ctx context.Context, c *checks) error {
	maps := c.typed.CoreV1().ConfigMaps(c.namespace)
	made, err := maps.Create(ctx, configMap("typed", "1"), metav1.CreateOptions{FieldManager: "go"})
	if err != nil {
		return err
	}
	if _, err := maps.Create(ctx, configMap("typed", "1"), metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("a second create: %v", err)
	}
	made.Data["key"] = "2"
	updated, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if _, err := maps.Update(ctx, made, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("an update of an old version: %v", err)
	}
	patch := []byte(`{"data":{"other":"3"}}`)
	patched, err := maps.Patch(ctx, "typed", types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if patched.Data["key"] != "2" || patched.Data["other"] != "3" || patched.UID != updated.UID {
		return fmt.Errorf("patched to %v", patched.Data)
	}
	watch, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: patched.ResourceVersion})
	if err != nil {
		return err
	}
	defer watch.Stop()
	if err := maps.Delete(ctx, "typed", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for event := range watch.ResultChan() {
		object, isMap := event.Object.(*corev1.ConfigMap)
		if isMap && object.Name == "typed" {
			if event.Type != "DELETED" {
				return fmt.Errorf("the watch says %s", event.Type)
			}
			break
		}
	}
	if _, err := maps.Get(ctx, "typed", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("a get of what is gone: %v", err)
	}
	return nil
}

func typedApply(ctx context.Context, c *checks) error {
	maps := c.typed.CoreV1().ConfigMaps(c.namespace)
	apply := func(manager string, data map[string]string, force bool) (*corev1.ConfigMap, error) {
		config := applycorev1.ConfigMap("applied", c.namespace).WithData(data)
		return maps.Apply(ctx, config, metav1.ApplyOptions{FieldManager: manager, Force: force})
	}
	if _, err := apply("one", map[string]string{"a": "1", "b": "1"}, false); err != nil {
		return err
	}
	if _, err := apply("two", map[string]string{"a": "2"}, false); !apierrors.IsConflict(err) {
		return fmt.Errorf("an apply of another's field: %v", err)
	}
	if _, err := apply("two", map[string]string{"a": "2"}, true); err != nil {
		return err
	}
	left, err := apply("one", map[string]string{}, false)
	if err != nil {
		return err
	}
	if len(left.Data) != 1 || left.Data["a"] != "2" {
		return fmt.Errorf("left is %v", left.Data)
	}
	own, err := applycorev1.ExtractConfigMap(left, "two")
	if err != nil {
		return err
	}
	if own.Data["a"] != "2" || len(own.Data) != 1 {
		return fmt.Errorf("the second manager has %v", own.Data)
	}
	return nil
}

func pagesOfList(ctx context.Context, c *checks) error {
	maps := c.typed.CoreV1().ConfigMaps(c.namespace)
	for index := range 5 {
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("page-%d", index), "x"), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	options := metav1.ListOptions{LabelSelector: "made-by=client-go", Limit: 2}
	seen := map[string]bool{}
	for {
		page, err := maps.List(ctx, options)
		if err != nil {
			return err
		}
		if len(page.Items) > 2 {
			return fmt.Errorf("a page of %d", len(page.Items))
		}
		for _, item := range page.Items {
			seen[item.Name] = true
		}
		if options.Continue = page.Continue; options.Continue == "" {
			break
		}
	}
	if len(seen) != 5 {
		return fmt.Errorf("saw %v", seen)
	}
	return maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "made-by=client-go"})
}
