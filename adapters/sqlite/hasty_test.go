package sqlite

import (
	"context"
	"database/sql/driver"
)

// hasty returns options for a store that does not wait for the disk.
func hasty() Options {
	return Options{wrapWriter: func(c driver.Connector) driver.Connector { return &hastyConnector{c} }}
}

type hastyConnector struct{ driver.Connector }

func (h *hastyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &hastyConn{conn.(everything)}, nil
}

type hastyConn struct{ everything }

// BeginTx is when it has been seen to already that the setting is another.
func (c *hastyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if _, err := c.ExecContext(ctx, "PRAGMA synchronous = OFF", nil); err != nil {
		return nil, err
	}
	return c.everything.BeginTx(ctx, o)
}
