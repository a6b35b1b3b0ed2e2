package main

import (
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help says where the script belongs.
func (completionCommand) Help() string {
	return `For all of a machine's users:

  rfcdigest completion bash >/usr/share/bash-completion/completions/rfcdigest
  rfcdigest completion zsh >/usr/local/share/zsh/site-functions/_rfcdigest
  rfcdigest completion fish >/etc/fish/completions/rfcdigest.fish`
}

// Run prints the script.
func (c *completionCommand) Run(std streams) error {
	script, err := shell.Script(c.Shell)
	if err != nil {
		return err
	}
	_, err = std.out.Write(script)
	return err
}

type manCommand struct{}

// Help says how to read it.
func (manCommand) Help() string {
	return `To read it, or to keep it where man looks:

  rfcdigest man | man -l -
  rfcdigest man >/usr/local/share/man/man1/rfcdigest.1`
}

// Run prints the man page.
func (manCommand) Run(k *kong.Context, std streams) error {
	return shell.WriteMan(std.out, k.Model, releaseDay())
}

// releaseDay returns the day of the newest change in this build, or nothing if the build does not know.
func releaseDay() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				day, _, _ := strings.Cut(s.Value, "T")
				return day
			}
		}
	}
	return ""
}
