// Command renew updates this module's copies of time zone data, and prints their release. It needs
// Debian's apt-get, dpkg and zic, and npm:
//
//	go run ./adapters/zonedata/renew rules      # adapters/zonedata/zoneinfo.zip, from Debian's newest tzdata
//	go run ./adapters/zonedata/renew windows    # core/zones/windows.go, from npm's cldr-core
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("renew: want what to make, rules or windows")
	}
	dir, err := os.MkdirTemp("", "renew")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	root, err := moduleRoot()
	if err != nil {
		log.Fatal(err)
	}
	made := ""
	switch os.Args[1] {
	case "rules":
		made, err = rules(dir, filepath.Join(root, "adapters", "zonedata", "zoneinfo.zip"))
	case "windows":
		made, err = windows(dir, filepath.Join(root, "core", "zones", "windows.go"))
	default:
		err = fmt.Errorf("renew %q: want rules or windows", os.Args[1])
	}
	if err != nil {
		os.RemoveAll(dir)
		log.Fatal(err)
	}
	fmt.Println(made)
}

// moduleRoot returns the folder of go.mod, from anywhere in the module.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

// in runs a command in a folder.
func in(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
