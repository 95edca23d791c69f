import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Problem } from '@millrace/flow';

/** What is live of a flow. Its texts are in FlowVersionEntity. */
@Entity({ name: 'flows' })
export class FlowEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  /** Absent while no version has ever checked. */
  @Column({ name: 'live_version', type: 'int', nullable: true })
  liveVersion!: number | null;

  /** What the text of the live version says. */
  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** What an operator said: no text changes it. A flow runs when it is enabled and not paused. */
  @Column({ type: 'boolean', default: false })
  paused!: boolean;

  /** Its file is gone; history stays. */
  @Column({ type: 'boolean', default: false })
  archived!: boolean;

  /** Why the newest text is not live, if it is not. */
  @Column({ type: 'jsonb', default: [] })
  problems!: Problem[];

  /** Grows with every change of any flow; readers compare it to know whether to look again. */
  @Column({ type: 'bigint' })
  revision!: string;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
