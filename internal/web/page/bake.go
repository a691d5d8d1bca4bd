package page

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// bake replaces every call of a template that can only ever say one thing in its language (a text
// of the catalogue by its name, an icon) by what it says: a page has a hundred of them, and asking
// for each again on every request took a third of the time of a page.
//
// It must run before the first use of the templates: they are escaped then, by what stands in
// them. What is baked is escaped here as text and quoted attributes need it.
func bake(t *template.Template, funcs template.FuncMap) error {
	b := baker{says: map[string]func(args []string) (string, error){
		"t": func(args []string) (string, error) {
			pairs := make([]any, len(args)-1)
			for i, arg := range args[1:] {
				pairs[i] = arg
			}
			return template.HTMLEscapeString(funcs["t"].(func(string, ...any) string)(args[0], pairs...)), nil
		},
		"language": func(args []string) (string, error) {
			return template.HTMLEscapeString(funcs["language"].(func(string) string)(args[0])), nil
		},
		"icon": func(args []string) (string, error) {
			svg, err := funcs["icon"].(func(string) (template.HTML, error))(args[0])
			return string(svg), err
		},
	}}
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		if err := b.list(part.Tree.Root); err != nil {
			return fmt.Errorf("bake the template %s: %w", part.Name(), err)
		}
	}
	return nil
}

type baker struct {
	says map[string]func(args []string) (string, error)
}

func (b baker) list(l *parse.ListNode) error {
	if l == nil {
		return nil
	}
	baked := l.Nodes[:0]
	for _, node := range l.Nodes {
		node, err := b.node(node)
		if err != nil {
			return err
		}
		text, isText := node.(*parse.TextNode)
		if n := len(baked); isText && n > 0 {
			if before, ok := baked[n-1].(*parse.TextNode); ok {
				before.Text = append(before.Text[:len(before.Text):len(before.Text)], text.Text...)
				continue
			}
		}
		baked = append(baked, node)
	}
	l.Nodes = baked
	return nil
}

func (b baker) node(node parse.Node) (parse.Node, error) {
	switch n := node.(type) {
	case *parse.ActionNode:
		return b.action(n)
	case *parse.IfNode:
		return n, b.branch(&n.BranchNode)
	case *parse.RangeNode:
		return n, b.branch(&n.BranchNode)
	case *parse.WithNode:
		return n, b.branch(&n.BranchNode)
	}
	return node, nil
}

func (b baker) branch(n *parse.BranchNode) error {
	if err := b.list(n.List); err != nil {
		return err
	}
	return b.list(n.ElseList)
}

// action gives the text of a call whose words are all constants; any other stays as it is.
func (b baker) action(n *parse.ActionNode) (parse.Node, error) {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 {
		return n, nil
	}
	words := n.Pipe.Cmds[0].Args
	name, ok := words[0].(*parse.IdentifierNode)
	if !ok || b.says[name.Ident] == nil || len(words) < 2 {
		return n, nil
	}
	var args []string
	for _, word := range words[1:] {
		s, ok := word.(*parse.StringNode)
		if !ok {
			return n, nil
		}
		args = append(args, s.Text)
	}
	text, err := b.says[name.Ident](args)
	if err != nil {
		return nil, err
	}
	return &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(text)}, nil
}
