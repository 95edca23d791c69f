import {
  Braces,
  CirclePause,
  CircleStop,
  Clock,
  Globe,
  GitBranch,
  CircleHelp,
  IterationCw,
  Repeat,
  Reply,
  ScrollText,
  ShieldAlert,
  Split,
  Webhook,
  Workflow,
  type LucideIcon,
} from 'lucide-react';
import type { FlowStep, StepKind } from '../flow/structure.js';
import { vendorOf } from '../flow/words.js';
import { MARKS } from './marks.js';

const KINDS: Readonly<Record<Exclude<StepKind, 'use'>, LucideIcon>> = {
  if: GitBranch,
  switch: Split,
  forEach: Repeat,
  repeat: IterationCw,
  parallel: Workflow,
  try: ShieldAlert,
  wait: Clock,
  call: Workflow,
  respond: Reply,
  set: Braces,
  stop: CircleStop,
  unknown: CircleHelp,
};

const OURS: Readonly<Record<string, LucideIcon>> = { http: Globe, log: ScrollText, set: Braces, webhook: Webhook, wait: CirclePause };
const ICON = { size: 16, strokeWidth: 1.6, 'aria-hidden': true } as const;

/** The tile of a step: the vendor's mark, our icon, or two letters; all in the same ink. */
export function StepTile({ step }: { readonly step: FlowStep }) {
  return <span className="tile">{stepIcon(step)}</span>;
}

function stepIcon(step: FlowStep) {
  if (step.kind !== 'use') {
    const Icon = KINDS[step.kind];
    return <Icon {...ICON} />;
  }
  return vendorIcon(vendorOf(step) ?? '?');
}

function vendorIcon(vendor: string) {
  const Icon = OURS[vendor];
  if (Icon) return <Icon {...ICON} />;
  const mark = MARKS[vendor];
  if (mark === undefined) return <span aria-hidden>{vendor.charAt(0).toUpperCase() + vendor.slice(1, 2)}</span>;
  return (
    <svg width="16" height="16" viewBox="0 0 24 24" fill="currentColor" aria-hidden>
      <path d={mark} />
    </svg>
  );
}

function triggerIcon(type: string): LucideIcon {
  return type === 'schedule' ? Clock : type === 'call' ? Workflow : Webhook;
}

export function TriggerTile({ type }: { readonly type: string }) {
  const Icon = triggerIcon(type);
  return (
    <span className="tile" data-ink>
      <Icon {...ICON} />
    </span>
  );
}

/** What a chip's value comes from, small: a step, the trigger, or neither. */
export function SourceIcon({ step, trigger }: { readonly step: FlowStep | undefined; readonly trigger: string | undefined }) {
  if (step) return stepIcon(step);
  const Icon = trigger === undefined ? Braces : triggerIcon(trigger);
  return <Icon {...ICON} />;
}
