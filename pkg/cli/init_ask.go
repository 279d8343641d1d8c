package cli

import (
	"context"

	"github.com/dealroute/dealroute/pkg/starter"
)

type prompter interface{}

func (o *initOptions) prompter() prompter                                     { return nil }
func (o *initOptions) askFirst(context.Context, prompter) error               { return nil }
func (o *initOptions) askRest(context.Context, prompter, starter.Found) error { return nil }
