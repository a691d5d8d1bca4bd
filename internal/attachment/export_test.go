package attachment

import "context"

// ReadNext reads one waiting file.
func ReadNext(ctx context.Context, s *Service) (again bool, err error) { return s.readNext(ctx) }

// SweepUploads forgets old uploads.
func SweepUploads(ctx context.Context, s *Service) error { return s.sweepUploads(ctx) }
