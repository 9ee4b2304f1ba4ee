import { TRIGGER_TIMEOUT_SECONDS } from "../../modules/contract";
import { SUBMIT_TIMEOUT_MS } from "./ports";

/*
 * Why a step never has two jobs
 * -----------------------------
 * SubmitJob takes no idempotency token, an invocation can end at any instruction, and ListJobs shows a new job only
 * after a while. So it must follow from who may call SubmitJob, and when. Every step has one object, its intent.
 *
 * 1. One owner at a time. The intent is created by If-None-Match and later replaced by If-Match with the etag that was
 *    read. Its versions therefore form one chain, and each version has one owner: the acquisition whose nonce it holds.
 *    An invocation that comes to a step again is another one. An owner learns of its ownership from the answer, or, when
 *    that was lost, by reading its own nonce.
 *
 * 2. One acceptance per version. Within its version an owner calls SubmitJob again only after Batch said that it did not
 *    take the job (throttling). After an answer that does not tell, it never calls again.
 *
 * 3. None after the lease. Let t be the time in the intent's body from which the lease counts; it is read before the
 *    intent is sent. The owner begins a call only before t + WORK_MS - SUBMIT_TIMEOUT_MS and breaks it off after
 *    SUBMIT_TIMEOUT_MS, so nothing is sent after t + WORK_MS. That holds for a process that was paused between looking
 *    at the clock and sending, too: Lambda ends the invocation from outside after TRIGGER_TIMEOUT_SECONDS = WORK_MS,
 *    counted from before t. Each call has a connection of its own that is destroyed with it, so that a frozen and
 *    thawed sandbox has nothing left to send.
 *
 *    The same holds for everybody who submits, whichever function it is part of: the trigger, reconcile and escalate come
 *    here through the same code, have the same timeout, and the lease counts from their own clock. Who owns a version
 *    may be one function and who takes over another; nothing above or below asks which. A function with a longer timeout
 *    would break this paragraph alone: paused after its look at the clock, it could send until Lambda ends it.
 *
 * 4. A successor sees the predecessor's job. A version is replaced only by an invocation that (a) read it, (b) found its
 *    lease over, (c) then asked ListJobs on every queue that the step may be in and found no job of the name, and (d)
 *    replaces exactly the version that it read. Between the end of the sending (3) and the look (c) lie ALLOWANCE_MS.
 *    They cover, together: the way of a request that was sent last thing and Batch's work on it, the lag of ListJobs,
 *    and the difference of two clocks. So (c) shows a job of the version that was read, and by induction of all before.
 *    If there is one it is recorded, and nothing is replaced. If there is none, none can appear any more, and (d) makes
 *    sure that nobody else became owner meanwhile.
 *
 * Hence a new version means: no earlier version has or will have a job; with (2), a step has at most one.
 *
 * 5. Batch forgets. It keeps ended jobs for at least seven days, so a look proves something only while the lease ended
 *    less than LOOKUP_HORIZON_MS ago. For an older intent the trigger refuses and leaves the decision to a person.
 *    A takeover restarts that time rightly: it proves that there was no job until then.
 *
 * What is left: ListJobs lagging, or a request wandering, for longer than ALLOWANCE_MS. Then two jobs of one name can
 * exist. The worker's lock on the step lets one of them work, and the deliveries are written conditionally.
 *
 * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html
 * @see https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
 */

/** How long the owner of an intent may send, counted from its lease's beginning. */
export const WORK_MS = TRIGGER_TIMEOUT_SECONDS * 1000;

/** How long after that a successor must wait until ListJobs can be believed. */
export const ALLOWANCE_MS = 60_000;

/** How long an intent keeps all others from submitting its step. */
export const LEASE_MS = WORK_MS + ALLOWANCE_MS;

/** How long after the end of a lease ListJobs still tells whether there was a job. */
export const LOOKUP_HORIZON_MS = 6 * 24 * 3600 * 1000;

/** End of a lease that begins now. */
export const leaseFrom = (now: number): string => new Date(now + LEASE_MS).toISOString();

/** Tells whether a lease is over. */
export const leaseOver = (leaseUntil: string, now: number): boolean =>
  now >= Date.parse(leaseUntil);

/** Last instant at which the owner of a lease may begin to call SubmitJob. */
export const lastSubmit = (leaseUntil: string): number =>
  Date.parse(leaseUntil) - ALLOWANCE_MS - SUBMIT_TIMEOUT_MS;
