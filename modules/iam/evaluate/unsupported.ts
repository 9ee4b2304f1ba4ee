import { ConfigError } from "../../core";

/**
 * A policy holds what is not evaluated here, or a request turns on a rule that AWS does not document. Never guessed:
 * whoever gets this does not know whether the request is allowed.
 */
export class UnsupportedConstruct extends ConfigError {}
