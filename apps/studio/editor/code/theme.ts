import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colour means state, here too: ink in three strengths, and the blue that references have everywhere. */
const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--ink)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--ink-2)' },
  { tag: tags.special(tags.string), color: 'var(--accent)' },
  { tag: [tags.number, tags.bool], color: 'var(--ink)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.punctuation, color: 'var(--ink-3)' },
]);

const text = EditorView.theme({
  '&': { flex: '1', minWidth: '0', height: '100%', color: 'var(--ink)', background: 'var(--surface)' },
  // An outline would lie below the line numbers.
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    zIndex: '201',
    inset: '0',
    border: '2px solid var(--accent)',
    pointerEvents: 'none',
  },
  '.cm-scroller': {
    font: '450 12px/20px var(--mono)',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--line-strong) transparent',
  },
  '.cm-content': { padding: '16px 0', caretColor: 'var(--ink)', tabSize: '2' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-content ::selection, .cm-content::selection': { background: 'var(--accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { background: 'var(--accent-soft)', color: 'var(--ink)' },
  '&.cm-focused .cm-nonmatchingBracket': { background: 'var(--failed-soft)', color: 'var(--failed)' },
  '.cm-searchMatch': { background: 'var(--accent-soft)' },
  '.cm-searchMatch-selected': { background: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  // Below this a field that is smaller makes phones zoom into it.
  '@media (max-width: 719px)': { '.cm-scroller': { font: '450 16px/24px var(--mono)' } },
});

const gutters = EditorView.theme({
  '.cm-gutters': { background: 'var(--sunken)', color: 'var(--ink-3)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '34px', padding: '0 2px 0 4px' },
  '.cm-activeLineGutter': { background: 'none', color: 'var(--ink)' },
  '.cm-foldGutter .cm-gutterElement': { width: '16px', textAlign: 'center' },
  '.cm-foldPlaceholder': {
    padding: '0 6px',
    border: '1px solid var(--line-input)',
    borderRadius: '4px',
    background: 'var(--sunken)',
    color: 'var(--ink-2)',
  },
  // An error is a disc and a warning a triangle: told apart without their colours.
  '.cm-gutter-lint': { width: '16px' },
  '.cm-gutter-lint .cm-gutterElement': { display: 'grid', placeItems: 'center', padding: '0' },
  '.cm-lint-marker': { content: 'normal', width: '9px', height: '9px' },
  '.cm-lint-marker-error': { borderRadius: '50%', background: 'var(--failed)' },
  '.cm-lint-marker-warning': { background: 'var(--waiting)', clipPath: 'polygon(50% 0, 100% 100%, 0 100%)' },
});

const wavy = (colour: string): Record<string, string> => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy var(${colour}) 1px`,
  textUnderlineOffset: '3px',
  textDecorationSkipInk: 'none',
});

const problems = EditorView.theme({
  '.cm-lintRange-error': wavy('--failed'),
  '.cm-lintRange-warning': wavy('--waiting'),
  '.cm-lintRange-active': { background: 'var(--hover)' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--failed)' },
  '.cm-lintPoint-warning:after': { borderBottomColor: 'var(--waiting)' },
  '.cm-diagnostic code': { font: '450 12px/20px var(--mono)' },
  '.cm-diagnostic': { maxWidth: '480px', margin: '0', padding: '6px 10px', font: '450 13px/20px var(--font)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--failed)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--waiting)' },
  '.cm-panel.cm-panel-lint ul': { minHeight: '46px', maxHeight: '160px', padding: '6px 46px 6px 6px', outlineOffset: '-2px' },
  '.cm-panel.cm-panel-lint .cm-diagnostic': { maxWidth: 'none', cursor: 'pointer' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { background: 'var(--hover)', color: 'var(--ink)' },
  '.cm-panel.cm-panel-lint ul:focus [aria-selected]': { background: 'var(--accent-soft)', color: 'var(--ink)' },
});

const floating = {
  border: '1px solid var(--line-strong)',
  borderRadius: '8px',
  background: 'var(--surface)',
  color: 'var(--ink)',
  boxShadow: 'var(--shadow)',
};

const tooltips = EditorView.theme({
  '.cm-tooltip': { ...floating, overflow: 'hidden' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    width: '360px',
    maxWidth: '95vw',
    maxHeight: '216px',
    padding: '4px',
    font: '450 12px/20px var(--font)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 6px', borderRadius: '4px', lineHeight: '20px', cursor: 'default' },
  '.cm-tooltip-autocomplete ul li:hover': { background: 'var(--hover)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--hover)', color: 'var(--ink)' },
  '.cm-completionLabel': { font: '450 12px/20px var(--mono)' },
  '.cm-completionDetail': { marginLeft: '0', color: 'var(--ink-2)', fontStyle: 'normal' },
});

const control = {
  height: '30px',
  margin: '0',
  padding: '0 10px',
  border: '1px solid var(--line-input)',
  borderRadius: '6px',
  background: 'var(--surface)',
  color: 'var(--ink)',
  font: '450 13px/20px var(--font)',
  verticalAlign: 'middle',
};

const panels = EditorView.theme({
  '.cm-panels': { background: 'var(--bg)', color: 'var(--ink)', font: '450 13px/20px var(--font)', zIndex: '3' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '6px 8px', padding: '8px 44px 8px 12px' },
  '.cm-panel.cm-search br': { display: 'none' },
  '.cm-panel.cm-search input.cm-textfield, .cm-panel .cm-textfield': control,
  '.cm-panel.cm-search button.cm-button, .cm-panel .cm-button': {
    ...control,
    borderColor: 'var(--line-strong)',
    backgroundImage: 'none',
    fontWeight: '550',
  },
  '.cm-panel .cm-button:hover, .cm-panel [name=close]:hover': { background: 'var(--hover)' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '4px',
    margin: '0',
    color: 'var(--ink-2)',
    fontSize: '12px',
  },
  '.cm-panel.cm-search input[type=checkbox]': { margin: '0', accentColor: 'var(--ink)' },
  '.cm-panel.cm-search [name=close], .cm-panel.cm-panel-lint [name=close]': {
    top: '8px',
    right: '8px',
    width: '30px',
    height: '30px',
    borderRadius: '6px',
    color: 'var(--ink-2)',
    font: '450 18px/1 var(--font)',
    cursor: 'pointer',
  },
  '.cm-panel :focus-visible': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
});

/** How the text looks, by the tokens of the studio: they reach into the editor, and follow its theme. */
export const look: Extension = [text, gutters, problems, tooltips, panels, syntaxHighlighting(highlight)];
