package org.reclaim.filedescriptors.internal;

import org.reclaim.api.CleanupRanking;
import org.reclaim.api.ResourceCleanup;
import org.reclaim.api.ResourceTables;
import org.reclaim.api.ResourceTypeProvider;

/** Makes the type {@code file_descriptors} available without OSGi. */
public final class FileDescriptorsProvider implements ResourceTypeProvider {

    @Override
    public String resourceType() {
        return FileDescriptors.TYPE;
    }

    @Override
    public int ranking() {
        return CleanupRanking.FILE_DESCRIPTORS;
    }

    @Override
    public ResourceCleanup create(ResourceTables tables) {
        return new FileDescriptors(tables, TemporaryFolder.configured(System::getProperty));
    }
}
