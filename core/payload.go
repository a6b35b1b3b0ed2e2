package core

import (
	"encoding/json"
	"strings"
)

// payload is what the digest reads of a notification's JSON.
type payload struct {
	// category and summary are empty where the object has no such member or it is no string.
	category, summary string
	// broken says that the text was no JSON object (RFC 8259 §4), and so counts as an empty one.
	broken bool
}

// readPayload reads the members it knows. Names are matched to the letter, and of two members
// of one name the last counts. A text that is absent, empty or no object is an empty object.
func readPayload(text string) payload {
	if text == "" || text == "{}" {
		return payload{broken: text == ""}
	}
	if p, ok := readOrdinary(text); ok {
		return p
	}
	return readAny(text)
}

// readAny is readPayload for a text of any shape.
func readAny(text string) payload {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil || members == nil {
		return payload{broken: true}
	}
	return payload{category: stringMember(members["category"]), summary: stringMember(members["summary"])}
}

func stringMember(raw json.RawMessage) string {
	if !strings.HasPrefix(string(raw), `"`) {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
