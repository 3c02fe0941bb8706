BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
}

Describe 'New-CredentialSource' {
    It 'makes a source of made-up credentials, and says so' {
        $source = New-CredentialSource -Local -LeasePath TestDrive:/leases
        $source.Name | Should -Be local
        $source.Notice | Should -Match 'made up'
        $source | Out-String | Should -Match 'local +Credentials from the source'
    }

    It 'records nothing by itself' {
        $null = New-CredentialSource -Local -LeasePath TestDrive:/unused
        'TestDrive:/unused' | Should -Not -Exist
    }

    It 'keeps leases in a folder relative to PowerShell''s location' {
        Push-Location TestDrive:/
        try { $source = New-CredentialSource -Local -LeasePath relative }
        finally { Pop-Location }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -WarningAction SilentlyContinue
        Get-ChildItem TestDrive:/relative/*.json | Should -HaveCount 1
    }

    It 'keeps leases below XDG_STATE_HOME where no folder is given' -Skip:$IsWindows {
        $before = $env:XDG_STATE_HOME
        try {
            $env:XDG_STATE_HOME = Join-Path $TestDrive state
            $source = New-CredentialSource -Local
        }
        finally { $env:XDG_STATE_HOME = $before }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -WarningAction SilentlyContinue
        Get-ChildItem TestDrive:/state/kubeinject/leases/*.json | Should -HaveCount 1
    }

    It 'changes nothing, so that a script can be tried out with $WhatIfPreference' {
        $WhatIfPreference = $true
        (New-CredentialSource -Local -LeasePath TestDrive:/leases).Name | Should -Be local
        'TestDrive:/leases' | Should -Not -Exist
    }

    It 'takes no empty folder' {
        { New-CredentialSource -Local -LeasePath '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}
