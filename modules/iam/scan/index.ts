export { closedWorld, decide, type Permission, type Scan, type ScanResource } from "./scan";
export { RoleView } from "./role-view";
