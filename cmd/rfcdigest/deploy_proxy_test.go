package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/wiggleverse/rfcdigest/core/links"
)

func TestNginxPassesOnWhatRecipientsNeedAndNothingElse(t *testing.T) {
	t.Parallel()
	content, _ := deployed(t, "nginx.conf")
	assert.Contains(t, content, "location ~ ^/("+strings.Join([]string{strings.Trim(links.Path, "/"), strings.Trim(links.PreferencesPath, "/"), strings.Trim(links.MutePath, "/")}, "|")+")/ {")
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx"
	}
	if _, err := os.Stat(nginx); err != nil {
		t.Skip("nginx is not installed")
	}
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_PUBLIC_URL=https://digest.rfc.example").withDatabase()
	serve := s.start("serve", "--listen", "127.0.0.1:0", "--mail", "discard://")
	serve.await(answersHTTP, 1)
	behind := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(serve.err.String())[1]
	front, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := front.Addr().String()
	require.NoError(t, front.Close())

	content = strings.ReplaceAll(strings.Replace(content, "listen 443 ssl", "listen "+address, 1), "127.0.0.1:8095", behind)
	content = regexp.MustCompile(`(?m)^\s*ssl_certificate.*$`).ReplaceAllString(content, "")
	s.write("nginx.conf", "daemon off; master_process off; pid nginx.pid; error_log stderr; events {}\nhttp { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"+content+"}\n")
	proxy := s.startOther(nginx, "-p", s.dir, "-c", "nginx.conf")
	ask := func(path string) (int, string, error) {
		answer, err := http.Get("http://" + address + path)
		if err != nil {
			return 0, "", err
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		return answer.StatusCode, string(text), err
	}
	require.Eventually(t, func() bool { _, _, err := ask("/"); return err == nil }, patience, 20*time.Millisecond, "%s", &proxy.err)
	for _, path := range []string{"/unsubscribe/x", "/preferences/x", "/mute/x"} {
		status, text, err := ask(path)
		require.NoError(t, err)
		wanted, _, page := serve.ask(http.MethodGet, path)
		assert.Equal(t, wanted, status, path)
		assert.Equal(t, page, text, path)
	}
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", "/inbound", "/unsubscribe/../metrics", "/x/unsubscribe/x"} {
		status, text, err := ask(path)
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotFound, status, path)
		assert.Contains(t, text, "nginx", path)
	}
	proxy.signal(syscall.SIGTERM)
	serve.signal(syscall.SIGTERM)
	serve.wait()
}

func TestCaddyPassesOnTheSame(t *testing.T) {
	t.Parallel()
	content, _ := deployed(t, "Caddyfile")
	assert.Contains(t, content, "@recipients path "+links.Path+"* "+links.PreferencesPath+"* "+links.MutePath+"*\n")
	assert.Equal(t, strings.Count(content, "{"), strings.Count(content, "}"))
}

func TestTheServicesOfComposeRunTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	content, _ := deployed(t, "compose.yaml")
	var file struct {
		Services map[string]struct {
			Build            struct{ Context, Dockerfile string }
			Command, Volumes []string
			User, Image      string
			EnvFile          string                                `yaml:"env_file"`
			DependsOn        map[string]struct{ Condition string } `yaml:"depends_on"`
			Ports            []string
			Healthcheck      struct{ Test []string }
			StopGracePeriod  time.Duration `yaml:"stop_grace_period"`
			Restart          string
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(content), &file))
	require.Len(t, file.Services, 2)
	serve, migrate := file.Services["rfcdigest"], file.Services["migrate"]
	parses(t, migrate.Command...)
	parses(t, serve.Command...)
	assert.Equal(t, []string{"migrate"}, migrate.Command)
	assert.Equal(t, map[string]struct{ Condition string }{"migrate": {"service_completed_successfully"}}, serve.DependsOn)
	assert.Equal(t, migrate.Volumes, serve.Volumes)
	assert.Equal(t, migrate.EnvFile, serve.EnvFile)
	assert.Equal(t, migrate.User, serve.User)
	_, err := os.Stat("../../" + serve.Build.Dockerfile)
	require.NoError(t, err)
	assert.Empty(t, migrate.Restart, "it runs once")
	assert.Greater(t, serve.StopGracePeriod, 30*time.Second)
	// What the image runs is there under that name, and the port is that of the container.
	docker, _ := deployed(t, "Dockerfile")
	require.Equal(t, []string{"CMD", "/rfcdigest"}, serve.Healthcheck.Test[:2])
	assert.Contains(t, docker, `ENTRYPOINT ["/rfcdigest"]`)
	parses(t, serve.Healthcheck.Test[2:]...)
	for _, place := range []string{serve.Command[1], serve.Healthcheck.Test[3], serve.Ports[0]} {
		assert.Contains(t, place, ":8095")
	}
	assert.True(t, slices.Contains(serve.Volumes, "/srv/rfc:/srv/rfc"))
}

func TestReadyAsksAServeThatRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase()
	p := s.start("serve", "--listen", "127.0.0.1:0", "--mail", "discard://")
	p.await(tickDone, 1)
	address := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(p.err.String())[1]
	url := fmt.Sprintf("http://%s/readyz", address)
	s.run("doctor", "--ready", url).done().silent()
	s.run("doctor", "--ready", "http://"+address+"/nothing").fails(exitFailed, "/nothing answers 404")
	p.signal(syscall.SIGTERM)
	p.wait()
	s.run("doctor", "--ready", url).fails(exitFailed, url+" cannot be reached")
	s.run("doctor", "--ready", "ready").fails(exitFailed, "cannot be reached")
}
