package smtp

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
)

var errURL = errors.New("mail URL: want smtp://user:password@host:587 or smtps://user:password@host:465, " +
	"with %-escapes for special characters in user name and password")

// ParseURL reads smtp://user:password@host:port, for STARTTLS, or smtps://…, for TLS from the first
// byte. Port and login may be left out. smtp://…?tls=none goes without TLS, to loopback only.
// Errors show no part of raw that could be part of a password.
func ParseURL(raw string) (Config, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Opaque != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return Config{}, errURL // what url.Parse says repeats all of raw
	}
	c := Config{Host: u.Hostname(), Username: u.User.Username()}
	c.Password, _ = u.User.Password()
	switch u.Scheme {
	case "smtp":
	case "smtps":
		c.TLS = ImplicitTLS
	default:
		return Config{}, errURL
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Config{}, errURL
	}
	for name, values := range query {
		if name != "tls" || len(values) != 1 || values[0] != "none" || c.TLS != StartTLS {
			return Config{}, errors.New("mail URL: after the ? there can only be tls=none, and only with smtp://; " +
				"a ? that belongs to the password is written %3F")
		}
		c.TLS = NoTLS
	}
	if port := u.Port(); port != "" {
		if c.Port, err = strconv.Atoi(port); err != nil || c.Port < 1 || c.Port > 65535 {
			return Config{}, errors.New("mail URL: want a port from 1 to 65535")
		}
	}
	if c, err := c.withDefaults(); err != nil {
		return c, fmt.Errorf("mail URL: %w", err)
	}
	c.Port = c.port()
	return c, nil
}
