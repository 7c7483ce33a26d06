// Renders a Helm chart as helm template does, for machines without helm: text/template with sprig, and the functions that
// helm adds, in the subset that this repository's chart uses. What is not known here is an error.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go CHART RELEASE NAMESPACE [VALUES.yaml...]
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type tree = map[string]interface{}

// files are the chart's, as templates see them.
type files string

// Get returns a file's text, empty when there is none, as helm does.
func (root files) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(string(root), name))
	if err != nil {
		return ""
	}
	return string(text)
}

func readYAML(path string) (tree, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := tree{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// merge lays values over others: maps are merged, null removes a key, everything else replaces.
func merge(below, above tree) tree {
	for key, value := range above {
		if value == nil {
			delete(below, key)
			continue
		}
		from, isMap := below[key].(tree)
		to, isMapToo := value.(tree)
		if isMap && isMapToo {
			below[key] = merge(from, to)
		} else {
			below[key] = value
		}
	}
	return below
}

// toYAML writes with the indentation of helm and without the last line's end.
func toYAML(value interface{}) (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

func functions(all *template.Template) template.FuncMap {
	known := sprig.TxtFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	known["toYaml"] = toYAML
	known["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return value, errors.New(message)
		}
		return value, nil
	}
	known["include"] = func(name string, data interface{}) (string, error) {
		var text strings.Builder
		err := all.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	return known
}

func run(chart, release, namespace string, overlays []string) error {
	about, err := readYAML(filepath.Join(chart, "Chart.yaml"))
	if err != nil {
		return err
	}
	values, err := readYAML(filepath.Join(chart, "values.yaml"))
	if err != nil {
		return err
	}
	for _, path := range overlays {
		above, err := readYAML(path)
		if err != nil {
			return err
		}
		values = merge(values, above)
	}
	all := template.New("").Option("missingkey=zero")
	all.Funcs(functions(all))
	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := all.New(filepath.Base(path)).Parse(string(text)); err != nil {
			return err
		}
	}
	data := tree{
		"Values":  values,
		"Chart":   tree{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": tree{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Files":   files(chart),
	}
	for _, path := range paths {
		if filepath.Ext(path) != ".yaml" {
			continue
		}
		var text strings.Builder
		if err := all.ExecuteTemplate(&text, filepath.Base(path), data); err != nil {
			return err
		}
		// helm prints <no value> as nothing.
		document := strings.TrimSpace(strings.ReplaceAll(text.String(), "<no value>", ""))
		if document != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", filepath.Base(path), document)
		}
	}
	return nil
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: helm-render CHART RELEASE NAMESPACE [VALUES.yaml...]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, "helm-render:", err)
		os.Exit(1)
	}
}
