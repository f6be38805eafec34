package org.reclaim.itests.osgi.foreign.thing;

/** A resource of somebody else's type, of a class of his API bundle. */
public final class Thing {}
