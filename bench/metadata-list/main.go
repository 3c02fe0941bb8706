// Lists the metadata of all pods with client-go, for comparison with "kubeinject list -A".
package main

import (
	"context"
	"fmt"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	exitOn(err)
	client, err := metadata.NewForConfig(config)
	exitOn(err)
	options := metav1.ListOptions{}
	if len(os.Args) > 1 && os.Args[1] == "--cache" {
		options.ResourceVersion = "0"
	}
	pods := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	list, err := client.Resource(pods).List(context.Background(), options)
	exitOn(err)
	asking := 0
	for i := range list.Items {
		for key := range list.Items[i].Annotations {
			if len(key) > 29 && key[:30] == "db-creds-injector.numberly.io/" {
				asking++
				break
			}
		}
	}
	fmt.Println(len(list.Items), asking)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
