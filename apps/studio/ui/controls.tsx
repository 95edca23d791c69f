import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ComponentProps, type ReactNode } from 'react';
import { Link } from 'wouter';

interface ButtonProps extends ComponentProps<'button'> {
  /** `ink`: the one thing to do here. */
  readonly look?: 'ink' | 'plain' | 'quiet';
}

export function Button({ look = 'plain', className = '', ...props }: ButtonProps) {
  return <button type="button" className={`button ${className}`} data-look={look} {...props} />;
}

interface IconButtonProps extends ComponentProps<'button'> {
  readonly label: string;
}

export function IconButton({ label, ...props }: IconButtonProps) {
  return <button type="button" className="button icon-button" data-look="quiet" aria-label={label} title={label} {...props} />;
}

export interface Choice {
  readonly value: string | undefined;
  readonly label: ReactNode;
  readonly href: string;
}

/** One of a few, as links: the choice is part of the address. */
export function Segmented({
  label,
  choices,
  value,
}: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string | undefined;
}) {
  return (
    <nav className="segmented" aria-label={label}>
      {choices.map((choice) => (
        <Link key={choice.value ?? ''} href={choice.href} aria-current={choice.value === value ? 'true' : undefined} replace>
          {choice.label}
        </Link>
      ))}
    </nav>
  );
}

export function Tabs({
  label,
  choices,
  value,
}: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly value: string | undefined;
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {choices.map((choice) => (
        <Link key={choice.value ?? ''} href={choice.href} aria-current={choice.value === value ? 'page' : undefined} replace>
          {choice.label}
        </Link>
      ))}
    </nav>
  );
}

const COPIED_MS = 1_600;

/** A text that is there to be copied. */
export function CopyField({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className="copy-field">
      <code>{text}</code>
      <CopyButton label={label} text={text} />
    </div>
  );
}

/** `words`: what the button says instead of Copy. */
export function CopyButton({ label, text, words = 'Copy' }: { readonly label: string; readonly text: string; readonly words?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button className="copy-button" title={label} onClick={() => void copyText(text).then(() => setCopied(true))}>
      {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      <span aria-live="polite">{copied ? 'Copied' : words}</span>
    </Button>
  );
}

/** The clipboard needs a page that came securely; elsewhere the old command does it. */
async function copyText(text: string): Promise<void> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard) return clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function Kbd({ children }: { readonly children: ReactNode }) {
  return <kbd className="kbd">{children}</kbd>;
}

/** Label and value pairs. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
