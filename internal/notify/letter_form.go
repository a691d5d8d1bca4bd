package notify

import (
	"fmt"
	"html"
	"strings"
)

// section is a heading of a digest and the groups under it; "" for what stands at its end without one.
type section struct {
	Head   string
	Groups []*group
}

// sections orders the groups of a digest under headings; what goes at once needs none.
func (x *letter) sections(digest bool) (list []section, left int) {
	groups := x.groups
	if len(groups) > maxGroups {
		for _, g := range groups[maxGroups:] {
			left += g.count
		}
		groups = groups[:maxGroups]
	}
	for _, g := range groups {
		head := ""
		switch {
		case !digest || g.rank >= closedRank:
		case g.rank <= otherRank:
			head = x.l.T("home.for_you")
		case g.rank == ranks["post"]:
			head = x.l.T("home.threads")
		default:
			head = x.l.T("home.new_practices")
		}
		if n := len(list); n > 0 && list[n-1].Head == head {
			list[n-1].Groups = append(list[n-1].Groups, g)
			continue
		}
		list = append(list, section{head, []*group{g}})
	}
	return list, left
}

// text is the mail's plain form.
func (x *letter) text(digest bool, left int, foot []string) string {
	var b strings.Builder
	list, cut := x.sections(digest)
	for _, s := range list {
		if s.Head != "" {
			fmt.Fprintf(&b, "== %s ==\n\n", s.Head)
		}
		for _, g := range s.Groups {
			if g.Lead != "" {
				fmt.Fprintln(&b, g.Lead)
			}
			fmt.Fprintln(&b, g.Title)
			for _, q := range g.Quotes {
				if q.Who != "" {
					fmt.Fprintf(&b, "> %s: %s\n", q.Who, q.Text)
				} else {
					fmt.Fprintf(&b, "> %s\n", q.Text)
				}
			}
			if g.More > 0 {
				fmt.Fprintln(&b, x.l.N("mail.more", g.More))
			}
			fmt.Fprintln(&b, g.Link)
			if g.Reply != "" {
				fmt.Fprintf(&b, "%s: %s\n", x.l.T("mail.reply"), g.Reply)
			}
			fmt.Fprintln(&b)
		}
	}
	if left += cut; left > 0 {
		fmt.Fprintf(&b, "%s\n%s/notifications\n\n", x.l.N("mail.more", left), x.base)
	}
	b.WriteString("-- \n" + strings.Join(foot, "\n") + "\n")
	return b.String()
}

// What the HTML form is made of: styles stand at each element, because mail programs read no others.
const (
	htmlHead  = `<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head><body style="margin:0;padding:20px;font:16px/1.5 system-ui,sans-serif;color:#1a2421;background:#fff"><div style="max-width:600px;margin:0 auto">`
	htmlH2    = `<h2 style="margin:28px 0 8px;font-size:15px;color:#56615d">%s</h2>`
	htmlRule  = `<hr style="margin:24px 0 16px;border:0;border-top:1px solid #d9d3c5">`
	htmlLead  = `<p style="margin:0;color:#56615d;font-size:14px">%s</p>`
	htmlTitle = `<p dir="auto" style="margin:0 0 6px;font-weight:600"><a href="%s" style="color:#0b5563">%s</a></p>`
	htmlQuote = `<blockquote dir="auto" style="margin:0 0 6px;padding:2px 12px;border-inline-start:3px solid #d9d3c5">%s</blockquote>`
	htmlMore  = `<p style="margin:0 0 6px;color:#56615d;font-size:14px">%s</p>`
	htmlReply = `<p style="margin:0"><a href="%s" style="display:inline-block;padding:6px 14px;border-radius:6px;background:#0b5563;color:#fff;text-decoration:none;font-size:14px;font-weight:600">%s</a></p>`
)

// html is the mail's HTML form; foot are pairs of a sentence and the address to which it leads, "" for none.
func (x *letter) html(digest bool, left int, foot []link) string {
	var b strings.Builder
	put := func(form string, values ...string) {
		escaped := make([]any, len(values))
		for i, v := range values {
			escaped[i] = html.EscapeString(v)
		}
		fmt.Fprintf(&b, form, escaped...)
	}
	put(htmlHead, x.l.Lang(), x.l.Dir())
	list, cut := x.sections(digest)
	for _, s := range list {
		switch {
		case s.Head != "":
			put(htmlH2, s.Head)
		case digest:
			b.WriteString(htmlRule)
		}
		for _, g := range s.Groups {
			b.WriteString(`<div style="margin:0 0 20px">`)
			if g.Lead != "" {
				put(htmlLead, g.Lead)
			}
			put(htmlTitle, g.Link, g.Title)
			for _, q := range g.Quotes {
				if q.Who != "" {
					put(htmlQuote, q.Who+": "+q.Text)
				} else {
					put(htmlQuote, q.Text)
				}
			}
			if g.More > 0 {
				put(htmlMore, x.l.N("mail.more", g.More))
			}
			if g.Reply != "" {
				put(htmlReply, g.Reply, x.l.T("mail.reply"))
			}
			b.WriteString("</div>")
		}
	}
	if left += cut; left > 0 {
		put(htmlTitle, x.base+"/notifications", x.l.N("mail.more", left))
	}
	b.WriteString(`<p style="margin:28px 0 0;padding-top:12px;border-top:1px solid #d9d3c5;color:#56615d;font-size:13px">`)
	for i, f := range foot {
		if i > 0 {
			b.WriteString(" · ")
		}
		if f.to == "" {
			put("%s", f.says)
			continue
		}
		put(`<a href="%s" style="color:#56615d">%s</a>`, f.to, f.says)
	}
	b.WriteString("</p></div></body></html>")
	return b.String()
}

// link is words that lead somewhere.
type link struct {
	says, to string
}
