package core

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// The facts that a store keeps of the installation that it belongs to, by name; see ports.Facts.
const (
	// FactInstallation is the [Installation] that the store belongs to, as text. The first tick that sends mail sets
	// it.
	FactInstallation = "installation"
	// FactSigner is the [links.Keyring.ID] of the secret that unsubscribe links were signed with last.
	FactSigner = "signer of links"
	// FactAnswerer are the [links.Keyring.IDs] of the page that unsubscribes, as it was last started.
	FactAnswerer = "secrets of the page"
	// FactRedirected is where mail was redirected to, while the ledger has rows that are [Redirected].
	FactRedirected = "redirected to"
	// FactZones is the fingerprint of the zone data that rests were made with; see [Rest].
	FactZones = "zones.fingerprint"
	// NoZones is what FactZones is after a migration that forgot all rests.
	NoZones = "none"
	// FactServed is the mail server that accepted mail last, and the instant.
	FactServed = "mail served"
	// FactStopped is since when every tick has had to stop sending early: the instant of the first of them. Empty if
	// the last tick did not.
	FactStopped = "mail stopped"
	// FactDisliked and a reason is how many mails came back on a day, refused for that: the date, a blank and the number.
	FactDisliked = "disliked: "
)

// Installation tells a running installation from a copy of it, by where the links in its mails lead and by the
// sender's domain. Its zero value is none.
type Installation struct {
	// AppURL is the RFC app's address in one spelling: scheme and host in lower case, no dot at the host's end, no
	// default port, no slash at the end.
	AppURL string
	// Domain is the sender's, in lower case.
	Domain string
}

// installation returns the installation with that app and that sender's domain.
func installation(appURL, domain string) Installation {
	u, err := url.Parse(appURL)
	if err != nil {
		return Installation{}
	}
	u.Scheme = strings.ToLower(u.Scheme)
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host += ":" + port
	}
	u.Host = host
	u.RawPath = ""
	u = u.JoinPath()
	return Installation{AppURL: strings.TrimRight(u.String(), "/"), Domain: strings.TrimSuffix(strings.ToLower(domain), ".")}
}

// ReadInstallation reads what [Installation.String] wrote; anything else is none.
func ReadInstallation(text string) Installation {
	appURL, domain, _ := strings.Cut(text, " ")
	return Installation{AppURL: appURL, Domain: domain}
}

// String returns the app's address and the domain with a blank between them; empty for none.
func (i Installation) String() string {
	if i == (Installation{}) {
		return ""
	}
	return i.AppURL + " " + i.Domain
}

// Same reports whether o is the same installation. The scheme makes no difference, so that an installation may move to
// https.
func (i Installation) Same(o Installation) bool {
	return i.Domain == o.Domain && withoutScheme(i.AppURL) == withoutScheme(o.AppURL)
}

// withoutScheme returns an address from its host on.
func withoutScheme(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

// Local reports whether the app's address is on localhost.
func (i Installation) Local() bool {
	u, err := url.Parse(i.AppURL)
	return err == nil && IsLocal(u.Hostname())
}

// IsLocal reports whether host, without a port, names the machine itself: localhost and what is below it
// (RFC 6761 §6.3), the loopback addresses, and the unspecified ones (0.0.0.0 and ::).
func IsLocal(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	switch host {
	case "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback":
		return true
	}
	if strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		ip = looseIPv4(host)
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.WithZone("").IsUnspecified()
}

// looseIPv4 reads the other forms of IPv4 addresses that browsers take: fewer parts, and parts in other bases, such as
// 127.1 and 0x7f000001. It returns the zero value for anything else.
func looseIPv4(host string) netip.Addr {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}
	}
	var all uint64
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (5 - len(parts))
		}
		n, err := strconv.ParseUint(part, 0, bits)
		if err != nil {
			return netip.Addr{}
		}
		all = all<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)})
}
