package notify

import (
	"context"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// feedLength is of how much a private feed tells.
const feedLength = 50

// MakeFeed gives the viewer's feed a private address, told once; the one before leads nowhere any more.
func (s *Service) MakeFeed(ctx context.Context, who portal.Identity) (token string, err error) {
	if !who.SignedIn() {
		return "", portal.ErrSignIn()
	}
	token, hash := secret.NewToken()
	return token, s.db.PutFeedToken(ctx, who.MemberID, hash)
}

// EndFeed takes the address away.
func (s *Service) EndFeed(ctx context.Context, who portal.Identity) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.DropFeedToken(ctx, who.MemberID)
}

// FeedSince tells since when the viewer's feed has an address; NotFound where it has none.
func (s *Service) FeedSince(ctx context.Context, who portal.Identity) (time.Time, error) {
	if !who.SignedIn() {
		return time.Time{}, portal.ErrSignIn()
	}
	return s.db.FeedSince(ctx, who.MemberID)
}

// Feed tells what is clear or green, and its member may see, of one workspace or (0) of all, and in which language
// she reads; NotFound where the token is nobody's.
func (s *Service) Feed(ctx context.Context, token string, workspace int64) (items []postgres.FeedItem, locale string, err error) {
	if len(token) > 64 {
		return nil, "", portal.ErrNotFound()
	}
	member, locale, err := s.db.FeedMember(ctx, secret.HashToken(token))
	if err != nil {
		return nil, "", err
	}
	viewer, err := s.db.Viewer(ctx, member)
	if err != nil {
		return nil, "", err
	}
	items, err = s.db.FeedItems(ctx, viewer, workspace, feedLength)
	return items, locale, err
}
