import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { createPortal } from 'react-dom';
import { iconPlaces, type ChipLook, type Selected } from './box-dom.js';
import { caretIn, drawBox, handlersOf, newBox, noteSelection } from './box.js';
import type { Token } from './tokens.js';

/** What the rest of the field can ask of its box. */
export interface Box {
  focus(): void;
  /** What is selected; where it was last when the focus is elsewhere. */
  selected(): Selected;
  /** The focus to the box, once it shows the text that was just entered, with the caret at an offset. */
  caretTo(offset: number): void;
}

interface ChipBoxProps {
  readonly ref: Ref<Box>;
  readonly id: string;
  readonly text: string;
  readonly pointer: string;
  readonly multiline: boolean;
  readonly invalid: boolean;
  /** The list of values beside it, while that is open, and its active row. */
  readonly list: string | undefined;
  readonly active: string | undefined;
  readonly lookOf: (path: string) => ChipLook;
  readonly iconOf: (path: string) => ReactNode;
  /** `typed`: by a key, so that it may ask for a value. */
  readonly onText: (text: string, caret: number, typed: boolean) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onChip: (chip: Token) => void;
  readonly onClick: () => void;
}

/**
 * A box for text with chips. The browser edits the words, so that every way to type works, IME included; what touches a
 * chip, a line break or the clipboard, or deletes more than a character, is done on the text, and drawn. Labelled by `<id>-label`, described by `<id>-about`.
 */
export function ChipBox(props: ChipBoxProps) {
  const { ref, id, text, pointer, multiline, invalid, list, active, lookOf, iconOf } = props;
  const root = useRef<HTMLDivElement>(null);
  const [box] = useState(newBox);
  const [icons, setIcons] = useState<ReturnType<typeof iconPlaces>>([]);
  const [asked, ask] = useState(0);
  useLayoutEffect(() => {
    box.root = root.current;
    if (drawBox(box, text, lookOf)) setIcons(iconPlaces(box.root!));
  }, [box, text, lookOf, asked]);
  const redraw = (): void => ask((times) => times + 1);
  const caretTo = (offset: number): void => {
    caretIn(box, offset);
    redraw();
  };
  const { beforeInput, ...handlers } = handlersOf(box, { ...props, redraw });
  useEffect(() => {
    const element = root.current!;
    element.addEventListener('beforeinput', beforeInput);
    return () => element.removeEventListener('beforeinput', beforeInput);
  });
  useImperativeHandle(ref, () => ({ focus: () => root.current?.focus(), selected: () => noteSelection(box), caretTo }));
  return (
    <>
      <div
        ref={root}
        id={id}
        className="chip-box"
        data-pointer={pointer}
        role="textbox"
        aria-multiline={multiline}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-about`}
        aria-invalid={invalid || undefined}
        aria-autocomplete="list"
        aria-controls={list}
        aria-activedescendant={active}
        contentEditable="plaintext-only"
        suppressContentEditableWarning
        spellCheck={false}
        tabIndex={0}
        {...handlers}
      />
      {icons.map(({ host, path }, index) => createPortal(iconOf(path), host, String(index)))}
    </>
  );
}
