import { setProperty } from '@millrace/flow';
import { textOf } from '../../flow/structure.js';
import { scheduleWords } from '../../format/schedule.js';
import { useEditor } from '../context.js';
import { Names } from '../names.js';
import { PlainInput, Select } from '../plain-inputs.js';
import { useTriggerSetting, type TriggerProps } from './settings.js';
import { newTrigger } from './types.js';

const OVERLAP = [
  ['', 'Skip the one that is due'],
  ['queue', 'Run it afterwards'],
  ['allow', 'Run both at once'],
] as const;

const CATCH_UP = [
  ['', 'Run the last one'],
  ['none', 'Run none'],
  ['all', 'Run them all'],
] as const;

/** When it is due, and what becomes of a time that was missed or comes too soon. */
export function ScheduleSettings({ trigger }: TriggerProps) {
  const set = useTriggerSetting();
  const { edit } = useEditor();
  const [cron, every, timezone] = [textOf(trigger['cron']), textOf(trigger['every']), textOf(trigger['timezone'])];
  const goBy = (way: string): void => {
    const { cron: _cron, every: _every, timezone: _zone, ...rest } = trigger;
    const { type: _type, ...daily } = newTrigger('schedule');
    edit(
      (text) => setProperty(text, { pointer: '/trigger', value: { ...rest, ...(way === 'every' ? { every: '1h' } : daily) } }),
      '/trigger',
    );
  };
  return (
    <>
      <Select label="Goes by" pointer="/trigger" value={every === undefined ? 'cron' : 'every'} options={CLOCKS} onChange={goBy} />
      {every === undefined ? (
        <>
          <PlainInput
            label="Cron line"
            pointer="/trigger/cron"
            value={cron ?? ''}
            description={`${scheduleWords({ cron, timezone })}.`}
            onChange={(line) => set('cron', line)}
          />
          <Names
            label="Time zone"
            pointer="/trigger/timezone"
            value={timezone ?? ''}
            names={ZONES}
            description="UTC, unless said."
            onChange={(zone) => set('timezone', zone)}
          />
        </>
      ) : (
        <PlainInput
          label="Interval"
          pointer="/trigger/every"
          value={every}
          description="Such as 30s, 5m or 1d."
          onChange={(interval) => set('every', interval)}
        />
      )}
      <Select
        label="When the one before still runs"
        pointer="/trigger/overlap"
        value={textOf(trigger['overlap']) ?? ''}
        options={OVERLAP}
        onChange={(value) => set('overlap', value)}
      />
      <Select
        label="After a time when nothing ran"
        pointer="/trigger/catchUp"
        value={textOf(trigger['catchUp']) ?? ''}
        options={CATCH_UP}
        onChange={(value) => set('catchUp', value)}
      />
    </>
  );
}

const CLOCKS = [
  ['cron', 'A cron line'],
  ['every', 'An interval'],
] as const;

const ZONES = Intl.supportedValuesOf('timeZone');
