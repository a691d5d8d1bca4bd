import { settle } from "/shared/keep.js";
settle();
