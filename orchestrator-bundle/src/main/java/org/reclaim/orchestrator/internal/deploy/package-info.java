/** What File Install does not say of the files in the folders that it watches. It only looks; nothing depends on it. */
package org.reclaim.orchestrator.internal.deploy;
