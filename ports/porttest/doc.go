// Package porttest holds the contract suites of package ports: one for every store, one for every
// mailer. An adapter proves itself by calling one of them from a test:
//
//	func TestContract(t *testing.T) {
//		porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld { … })
//	}
package porttest
