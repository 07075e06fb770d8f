/**
 * Tells what has changed at the source since something was loaded. The cache asks; whoever follows the source knows.
 * A stamp is opaque to the cache: it travels with what was loaded, to other replicas too.
 */
export interface Freshness {
  /** Grows whenever a change is heard of: what was found current in an epoch is current for the whole of it. */
  readonly epoch: number;
  /** Nothing was heard of the source for long: what `isCurrent` says no to may be current all the same. */
  readonly isDeaf: boolean;
  /** The state of the source of which a load that begins now knows everything; undefined while nothing was heard of the source. */
  stamp(): string | undefined;
  /** Whether a load under this stamp knew every change of these tags that has been heard of. False too when nothing was heard for long. */
  isCurrent(stamp: string, tags: readonly string[]): boolean;
}
