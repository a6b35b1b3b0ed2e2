package returned

// phrases are what mail servers say, as [plain] returns it: in lower case, with @ for each address, and without links. A *
// stands for up to maxGap bytes. The first that an answer has counts, so what tells more stands above what tells less:
// "mailbox is full" is no word about policy, and "sender address rejected: user unknown" is none about the recipient.
// Sources: what Postfix, Exim, Sendmail, OpenSMTPD, qmail, Courier and Dovecot say; the published replies of Gmail, Yahoo,
// Exchange Online, iCloud, Cox, GMX, Mail.ru, Orange, La Poste and QQ; reports as they came.
var phrases = []struct {
	kind  Kind
	cause Cause
	words []string
}{
	{Unable, Full, []string{
		"mailbox*full", "mail box*full", "mailbox size limit", "mailbox exceeds", "mailbox has exceeded", "mailfolder is full",
		"inbox is full", "account is full", "maildir*overquota", "user space full", "over quota", "over the quota", "overquota",
		"over*disk quota", "out of storage", "quota exceeded", "quota is exceeded", "quota exceed", "quota full", "quota violation",
		"quota reached", "exceeded*quota", "exceeds*quota", "exceeding*quota", "exceeded*storage", "exceeds*mailbox", "exceeded*mailbox",
		"storage quota", "disk quota", "disk full", "space shortage", "not enough disk space", "not enough space", "not enough storage",
		"space not enough", "no space left", "insufficient disk space", "insufficient system storage", "insufficient quota",
		"too many messages on", "too much mail data", "boite du destinataire pleine", "boite aux lettres pleine", "postfach*voll",
		"メールボックスが一杯", "メールボックスの容量",
	}},

	// Forms of mail, then proofs of origin.
	{Refused, Form, []string{
		"headers too large", "rfc 5322", "rfc 5321", "rfc 2822", "rfc 822", "rfc compliant", "rfc2822", "rfc5322", "duplicate header",
		"missing header", "multiple addresses in from", "8-bit data", "smtputf8", "bare line feed", "bare lf", "malformed address",
		"incorrectly constructed", "improper sequence",
	}},
	{Refused, Authentication, []string{
		"dmarc", "dkim", "spf ", "sender policy framework", "sender id", "purported responsible address", "unauthenticated",
		"not authenticated", "not properly authenticated", "authentication information", "authentication required",
		"authentication is required", "authentication level", "authentication check", "authentication fail", "smtp auth",
		"not advertise auth", "must issue a starttls", "tls required", "requires tls", "encryption required",
	}},

	// Names and reputations of hosts.
	{Refused, Reputation, []string{
		"ptr record", "ptr resource record", "no ptr", "rdns", "reverse dns", "reverse hostname", "reverse lookup",
		"cannot find your hostname", "cannot find your reverse", "cannot resolve your", "unresolvable", "unverifyable",
		"helo command rejected", "invalid helo", "helo name", "client host*rejected", "client host*blocked", "spamhaus", "spamcop", "barracuda",
		"proofpoint", "cloudmark", "senderbase", "talos", "abusix", "dnsbl", "rbl", "blacklist", "black list", "blocklist", "block list",
		"block-list", "denylist", "deny list", "banned", "reputation", "messages from*weren't sent", "user complaints", "complaint",
		"poor sender", "dynamic ip", "dynamic range", "your ip", "ip address*block", "ip address*rejected", "ip address*denied",
		"ip*not allowed", "ip*listed", "mail rejete", "suspicious",
	}},

	// Senders that servers do not like: who is unknown here is not the recipient.
	{Refused, Sender, []string{
		"sender address", "sender rejected", "sender denied", "sender verify", "sender verification", "sender domain", "sender's domain",
		"sender is invalid", "sender is not", "sender not", "sender unknown", "unknown sender", "invalid sender", "bad sender",
		"domain of sender", "verify sender", "envelope sender", "envelope blocked", "envelope from", "return path", "mailfrom",
		"verification failed for", "not authorized to send", "not allowed to send", "domain may not exist",
	}},
	{Refused, TooMuch, []string{
		"rate limit", "rate-limit", "ratelimit", "rate that", "frequency limited", "too many connections", "too many concurrent", "too many sessions", "too many recipients", "too many requests",
		"too many messages", "too many emails", "too many mails", "relay quota", "daily quota", "sending limit",
		"sending quota", "unexpected volume", "unusual rate", "receiving mail at a rate", "receiving mail too quickly", "throttl",
		"trop de connexions",
	}},
	{Refused, Relaying, []string{
		"relay access denied", "relaying denied", "relay not permitted", "relay denied", "relaying not", "relaying is not", "not permitted to relay",
		"not allowed to relay", "unable to relay", "cannot relay", "do not relay", "no relaying", "relaying prohibited", "relay prohibited",
		"rcpthosts", "not a gateway", "not a registered gateway",
	}},

	// What is in the mail.
	{Refused, Content, []string{
		"virus", "malware", "infected", "trojan", "phishing", "spam", "unsolicited", "bulk mail", "bulk email", "junk", "advertising",
		"content reject", "content denied", "message content", "its content presents", "bad content", "prohibited attachment",
		"attachment*not allowed", "message filtered",
	}},
	{Refused, TooBig, []string{
		"message size", "message length", "message too big", "message too large", "message too long", "message is too", "mail too large",
		"mail data size", "message file too big", "exceeds*size limit", "exceeds*maximum", "exceeded*size limit", "exceeded max message",
		"size limit exceeded", "size exceeds", "larger than",
	}},

	// Groups and lists, and policy in other words.
	{Refused, NotMember, []string{
		"not a member of", "are not member", "permission to post", "only*members*post", "post by non-member", "non-members", "subscribers only",
		"members only",
	}},
	{Refused, Policy, []string{
		"recipient preferences", "policy", "policies", "blocked", "not accept*from", "refused by recipient", "rejected by recipient",
		"all recipient addresses rejected", "mail rejected by", "service refuse", "security reasons", "security policy", "administratively", "prohibited",
		"sending mta",
	}},

	// Waiting lists, and mailboxes that are shut.
	{Unable, NotNow, []string{"greylist", "graylist", "grey-list", "try again later", "try later", "later again"}},
	{Unable, Disabled, []string{
		"account*disabled", "account*suspended", "account*locked", "account*inactive", "account*deactivated", "account*frozen",
		"account is not active", "account expired", "account closed", "account*on hold", "mailbox*disabled", "mailbox*frozen",
		"mailbox*inactive", "mailbox*suspended", "mailbox*locked", "user*suspended", "user*disabled", "user*inactive", "user*locked",
		"recipient*suspended", "recipient*disabled", "recipient*inactive", "disabled recipient", "temporary locked",
		"boite du destinataire archivee",
	}},

	// Domains that are not there, and those that are and take no mail.
	{Unable, Unreachable, []string{
		"malformed or unexpected name server reply", "host not found, try again", "domain name not found, try again", "dns lookup failure",
	}},
	{Dead, NoMail, []string{
		"null mx", "nullmx", "does not accept mail", "doesn't accept mail", "does not receive mail", "doesn't receive email", "no mx record",
		"no mail exchanger", "couldn't find a mail exchanger or ip address", "indicated no smtp service",
	}},
	{Dead, NoDomain, []string{
		"domain does not exist", "domain doesn't exist", "no such domain", "host unknown", "unrouteable address", "unroutable address",
		"unrouteable mail domain", "domain is not reachable", "domain not found", "domain name not found", "domain unknown", "unknown domain", "nxdomain",
		"couldn't find any host", "invalid domain", "illegal host/domain", "non-existent host", "non-existent domain", "bad destination host",
		"bad destination system", "name or service not known",
	}},

	// Addresses that are not there.
	{Dead, Moved, []string{"has moved", "user moved", "recipient no longer on server", "no longer accepts mail"}},
	{Dead, Malformed, []string{"bad address syntax", "mailbox address syntax", "malformed recipient"}},
	{Dead, NoAddress, []string{
		"user*unknown", "unknown*user", "unknown recipient", "recipient unknown", "unknown local part", "unknown local-part", "unknown mailbox",
		"mailbox unknown", "unknown account", "account unknown", "unknown to address", "address unknown", "addressee unknown",
		"no such user", "no such local user", "no such person", "no such recipient", "no such mailbox", "no such address", "no such account",
		"no such email", "no such id", "nosuchuser", "no user*found", "no user by that name", "no mailbox here by that name", "no mailbox by that name",
		"no mailbox found", "no local mailbox", "no account by that name", "no valid recipient", "no recipients", "unable to find recipient",
		"invalid recipient", "invalid mailbox", "invalid user", "invalid address", "invalid account", "invalid local", "invalid final delivery userid",
		"destinataire invalide", "user invalid", "user*not found", "user*not exist", "user*doesn't exist", "user*doesn't have*account",
		"user has left", "user is not", "recipient*not found", "recipientnotfound", "recipnotfound", "recipient*not exist", "recipient*doesn't exist",
		"recipient*is invalid", "mailbox*not exist", "mailbox*doesn't exist", "mailbox*not found", "account*not exist", "account*doesn't exist",
		"account*not found", "address*not exist", "address*doesn't exist", "address*not found", "address*could not be found", "wasn't found at",
		"bad destination mailbox", "bad address", "not a valid mailbox", "not a valid user", "not a valid recipient", "not a known user",
		"not our customer", "not a local user", "not local", "not listed in public name", "not listed in domino directory", "no longer valid",
		"no longer available", "no longer in use", "no longer with", "no longer exists", "no longer an", "inactive email address",
		"recipient address rejected: access denied", "unknown address", "requested action not taken: mailbox unavailable", "empfänger unbekannt", "unbekannter empfänger", "benutzer unbekannt",
	}},

	// Servers that could not be reached, that gave up, or that are broken.
	{Unable, Loop, []string{"loop", "too many hops", "hop count exceeded", "duplicated message-id"}},
	{Unable, Expired, []string{
		"message expired", "envelope expired", "in the queue too long", "on the queue", "retry timeout exceeded", "retry time not reached",
		"failing for a long time", "multiple retries", "delivery time expired", "could not be delivered for", "couldn't be delivered for",
		"was aborted after", "unable to deliver*after", "cannot send message*for", "failed*attempts", "giving up",
	}},
	{Unable, Unreachable, []string{
		"timed out", "timeout", "connection refused", "connection reset", "connection dropped", "refused to talk", "did not accept our requests to connect",
		"unable to connect", "wasn't able to establish an smtp connection", "could not connect", "couldn't connect", "cannot connect",
		"failed to connect", "lost connection", "connection lost", "connection died", "connection closed", "no route to host", "unreachable",
		"network error", "name service error", "name server", "nameserver", "dns error", "lookup failure", "could not find a gateway", "socket error",
	}},
	{Unable, NotNow, []string{"temporarily deferred", "temporarily rejected", "delivery temporarily suspended", "system busy", "server busy", "too busy", "not accepting network messages"}},
	{Unable, Trouble, []string{
		"internal*error", "system error", "system config error", "local configuration error", "configuration error", "insufficient system resources",
		"insufficient resources", "service unavailable", "service currently unavailable", "service not available", "temporarily unavailable",
		"temporary failure", "local error", "mailer error", "mail system problem", "lock failure", "can't create", "cannot append", "cannot open",
		"i/o error", "command died", "exited with status", "pipe to",
	}},
}
